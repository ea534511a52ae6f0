/* The home page: where I am, what to do next, what to do if something goes wrong. */
import { apputils, widgets } from './libraries.js';
import { ask } from './server.js';
import { element } from './page.js';

/** @param actions {open, check, handIn, feedback, plan}: what the buttons do. */
export function homePage(actions) {
  const content = new widgets.Widget({ node: element('div', { class: 'rs-home', tabindex: '-1' }) });
  const page = new apputils.MainAreaWidget({ content });
  page.id = 'researchskills-home';
  page.title.label = 'Research at the Interface';
  page.title.closable = false;
  page.toolbar.hide();
  page.refresh = async () => draw(content.node, await ask('home'), { ...actions, refresh: page.refresh });
  return page;
}

function draw(node, home, actions) {
  const held = document.activeElement?.closest?.('[data-rs]')?.dataset.rs;
  node.replaceChildren(
    element(
      'main',
      { class: 'rs-page' },
      element('h1', {}, 'Research at the Interface'),
      element('p', { class: 'rs-lead' }, 'Research skills for people who work where health and social care meet.'),
      next(home, actions),
      element(
        'section',
        { 'aria-labelledby': 'rs-modules' },
        element('h2', { id: 'rs-modules' }, 'Modules'),
        element('ol', { class: 'rs-modules' }, home.modules.map(module => card(module, actions)))
      ),
      element(
        'section',
        { 'aria-labelledby': 'rs-plan' },
        element('h2', { id: 'rs-plan' }, 'Your research plan'),
        element('p', {}, 'It grows from what you save in any module. You can have it as a web page and as a Word document, for yourself and for your supervisor.'),
        button('Write my research plan', 'plan', actions.plan)
      ),
      help(home, actions)
    )
  );
  if (held) {
    node.querySelector(`[data-rs="${CSS.escape(held)}"]`)?.focus();
  }
}

const button = (label, key, act, look = '') =>
  element('button', { type: 'button', class: `rs-button ${look}`, 'data-rs': key, onclick: act }, label);

function next(home, actions) {
  const heading = element('h2', { id: 'rs-next' }, 'What to do next');
  const box = children => element('section', { class: 'rs-next', 'aria-labelledby': 'rs-next' }, heading, children);
  if (!home.learner) {
    return box([element('p', {}, home.next.sentence), codeForm(home, actions)]);
  }
  const { sentence, label, action, target } = home.next;
  const act = { open: actions.open, check: actions.check, feedback: actions.open }[action];
  return box([
    element('p', {}, sentence),
    act && button(label, 'next', () => act(target), 'rs-main'),
    element('p', { class: 'rs-facts' }, `Your learner code is ${home.learner}.`)
  ]);
}

function codeForm(home, actions) {
  const field = element('input', {
    id: 'rs-code', type: 'text', value: home.learner ?? home.suggested, autocomplete: 'off', spellcheck: 'false',
    maxlength: '40', 'aria-describedby': 'rs-code-help rs-code-problem', 'data-rs': 'code'
  });
  const problem = element('p', { id: 'rs-code-problem', class: 'rs-problem', role: 'alert' });
  const keep = async event => {
    event.preventDefault();
    try {
      await ask('learner', { code: field.value });
    } catch (error) {
      problem.textContent = error.message;
      field.setAttribute('aria-invalid', 'true');
      field.focus();
      return;
    }
    await actions.refresh();
    document.querySelector('[data-rs="next"], [data-rs="change-code"]')?.focus();
  };
  return element(
    'form',
    { class: 'rs-code', novalidate: true, onsubmit: keep },
    element('label', { for: 'rs-code' }, 'Your learner code'),
    element('p', { id: 'rs-code-help' },
      'We suggest this one. You may change it: letters, digits and hyphens. Do not use your name, e-mail address or a staff or NHS number. ' +
      'Tell your mentor your code, so that your work can be matched to you.'),
    field,
    element('button', { type: 'submit', class: 'rs-button rs-main' }, 'Use this code'),
    problem
  );
}

function card(module, actions) {
  const id = `rs-${module.module}`;
  const open = (page, label) =>
    module[page] && button(label, `${module.module}-${page}`, () => actions.open(module[page]));
  const work = (label, key, act) => button(label, `${module.module}-${key}`, () => act(module.module), 'rs-quiet');
  // Twelve buttons called "Open the lesson" are twelve equal names in a screen reader's list.
  const named = node => {
    if (node) {
      node.append(element('span', { class: 'rs-hidden' }, ` of module ${module.number}: ${module.title}`));
    }
    return node;
  };
  return element(
    'li',
    { class: 'rs-module', 'aria-labelledby': id },
    element('h3', { id }, `Module ${module.number}: ${module.title}`),
    element('p', {}, module.summary),
    element('p', { class: 'rs-facts' }, facts(module).join(' · ')),
    element(
      'p',
      { class: 'rs-actions' },
      named(open('lesson', 'Open the lesson')),
      named(open('exercises', 'Open the exercises')),
      module.guide &&
        named(button('Guide for your supervisor', `${module.module}-guide`, () => actions.guide(module.guide), 'rs-quiet')),
      module.answered > 0 && named(work('Check my work', 'check', actions.check)),
      module.answered > 0 && named(work('Hand in', 'hand-in', actions.handIn))
    ),
    module.handed_in &&
      element('p', { class: 'rs-facts' }, 'Your hand-in file: ', element('code', {}, module.handed_in.file)),
    module.feedback.map(page =>
      element('p', {}, named(button(`Read the feedback of ${day(page.when)}`, page.path, () => actions.open(page.path), 'rs-quiet')))
    )
  );
}

function facts(module) {
  const of = (done, all, what) => (all ? [`${done} of ${all} ${what} answered`] : []);
  const begun = module.state !== 'Not started';
  return [
    module.handed_in ? `${module.state}, handed in on ${day(module.handed_in.when)}`.replace('Handed in, h', 'H') : module.state,
    ...(module.minutes ? [`about ${module.minutes} minutes`] : []),
    ...(begun ? of(module.practised, module.practice, 'practice questions') : []),
    ...(begun ? of(module.answered, module.questions, 'exercise questions') : [])
  ];
}

const day = when => new Date(when).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });

function help(home, actions) {
  return element(
    'section',
    { 'aria-labelledby': 'rs-help' },
    element('h2', { id: 'rs-help' }, 'If something goes wrong'),
    home.help.map(({ title, text }) => element('details', {}, element('summary', {}, title), element('p', {}, text))),
    home.learner &&
      element(
        'details',
        {},
        element('summary', { 'data-rs': 'change-code' }, 'I want another learner code'),
        codeForm(home, actions)
      )
  );
}

/* Check my work, Hand in, Feedback: the dialogs around what the server does. */
import { apputils } from './libraries.js';
import { ask } from './server.js';
import { body, confirm, tell } from './dialogs.js';
import { element } from './page.js';

const { Dialog, showDialog } = apputils;

const headings = {
  unanswered: 'Not answered yet',
  'does-not-run': 'Does not run',
  changed: 'Changed parts of the notebook',
  copied: 'Copied cells',
  missing: 'Missing parts of the notebook',
  private: 'May identify a person'
};

const yourself = 'No program can find names and addresses of people: please look for those yourself.';

/** Findings grouped by kind, as lists that a screen reader announces with their length. */
function findingsList(findings) {
  return group(findings, 'kind').map(([kind, found]) =>
    element(
      'section',
      {},
      element('h3', {}, `${headings[kind] ?? 'To look at'} (${found.length})`),
      // What holds for many questions is said once.
      group(found, 'sentence').map(([sentence, alike]) => [
        element('p', {}, sentence),
        element('ul', {}, alike.filter(({ where }) => where).map(({ where }) => element('li', {}, capital(where))))
      ])
    )
  );
}

const capital = text => text.charAt(0).toUpperCase() + text.slice(1);

function group(items, key) {
  const groups = new Map();
  for (const item of items) {
    groups.set(item[key], [...(groups.get(item[key]) ?? []), item]);
  }
  return [...groups];
}

/** Show that something is being done until it is done. */
async function busy(title, sentence, work) {
  const note = element('p', { role: 'status' }, sentence);
  const dialog = new Dialog({ title, body: body([note]), buttons: [Dialog.cancelButton({ label: 'Hide this message' })] });
  const shown = dialog.launch().catch(() => {});
  try {
    return await work;
  } finally {
    dialog.resolve?.(0);
    await shown;
  }
}

export async function check(module) {
  const { findings } = await busy('Check my work', 'Looking through your work. This can take a minute…', ask('check', { module }));
  if (!findings.length) {
    return tell('Check my work', 'Nothing was found. You can hand in your work when you like.', element('p', {}, yourself));
  }
  const count = findings.length === 1 ? 'one thing' : `${findings.length} things`;
  return tell(
    'Check my work',
    `There ${findings.length === 1 ? 'is' : 'are'} ${count} to look at before you hand in. Nothing was changed.`,
    ...findingsList(findings),
    element('p', {}, yourself)
  );
}

export async function handIn(module) {
  const { findings } = await busy('Hand in', 'Looking through your work first. This can take a minute…', ask('check', { module }));
  const isPrivate = findings.some(finding => finding.kind === 'private');
  const sentences = findings.length
    ? ['Please look at this first. You can still hand in now, and you can hand in again later.', ...findingsList(findings)]
    : ['Nothing was found that stands in the way.', 'This makes one file on your computer. Nothing is sent: you pass the file on yourself.'];
  if (isPrivate) {
    sentences.push('Go on only if you are sure that what was found does not identify anybody.');
  }
  if (!(await confirm('Hand in your work?', sentences, isPrivate ? 'It is safe: hand in' : 'Hand in', 'Go back', true))) {
    return false;
  }
  const receipt = await busy('Hand in', 'Packing your work…', ask('hand-in', { module, despite_private: isPrivate }));
  await tell(
    'Handed in',
    `Your work for “${receipt.title}” is in one file. Send this file to your mentor yourself; nothing was sent for you.`,
    element('p', {}, 'The file is called ', element('code', {}, receipt.file), ' and lies in this folder: ', element('code', {}, receipt.folder)),
    'Private reflections and earlier versions of your answers are not in it. You can go on working and hand in again later.'
  );
  return true;
}

export async function feedback(open) {
  const { pages, folder } = await ask('feedback');
  if (!pages.length) {
    return tell(
      'Feedback',
      'No feedback has come back yet.',
      element('p', {}, 'When your mentor sends you a feedback file, save it in this folder and choose Feedback again: ', element('code', {}, folder))
    );
  }
  if (pages.length === 1) {
    return open(pages[0].path);
  }
  const choice = await choose('Feedback', 'Which feedback would you like to read?', pages.map(({ name, path }) => [path, name]));
  return choice && open(choice);
}

/** Put the learner's answers together into a plan and a record of learning, and open the plan. */
export async function plan(open) {
  const sentences = [
    'What you saved in any module is put together into a research plan that your supervisor can read, and a record of your learning.',
    'What goes in, you choose in the last unit of module 1; private reflections stay out unless you ticked them. Nothing is sent, and no answer is changed.'
  ];
  if (!(await confirm('My research plan', sentences, 'Write the plan'))) {
    return;
  }
  let written = await busy('My research plan', 'Looking through your answers…', ask('plan', {}));
  if (written.private) {
    const found = element('ul', {}, written.private.map(sentence => element('li', {}, sentence)));
    const careful = ['This may identify a person. Nothing was written yet.', found, 'Take it out where you wrote it, or go on if you are sure that it identifies nobody.'];
    if (!(await confirm('Please look at this first', careful, 'It is safe: write the plan', 'Go back', true))) {
      return;
    }
    written = await busy('My research plan', 'Writing…', ask('plan', { despite_private: true }));
  }
  await tell(
    'Your research plan is written',
    element('p', {}, 'These files lie in the folder ', element('code', {}, written.folder)),
    element('ul', {}, written.files.map(file => element('li', {}, file))),
    ...written.skipped,
    'The plan opens when you close this message.'
  );
  return open(written.page);
}

const shortcuts = [
  ['Tab, Shift + Tab', 'Go to the next or the previous button, answer or piece of code'],
  ['Enter', 'On a piece of code: go into it to change it'],
  ['Escape', 'Leave the code again'],
  ['Shift + Enter', 'Run the code'],
  ['Ctrl + Z, Ctrl + Y', 'In the code: undo or redo what you typed'],
  ['Ctrl + S', 'Save now; your answers also save themselves'],
  ['Ctrl + F', 'Find a word on this page']
];

export const keys = () =>
  tell(
    'Keyboard shortcuts',
    element('dl', { class: 'rs-keys' }, shortcuts.map(([key, what]) => [element('dt', {}, key), element('dd', {}, what)])),
    'To reach the menu, press Tab or Shift + Tab until “Course” at the top is marked; then use the arrow keys and Enter.',
    'On a Mac, use Command in place of Ctrl.'
  );

/** A question with a drop-down list, which is read well by screen readers. */
export async function choose(title, question, options) {
  const select = element('select', { class: 'rs-select' }, options.map(([value, label]) => element('option', { value }, label)));
  const node = element('label', { class: 'rs-field' }, question, select);
  const buttons = [Dialog.cancelButton({ label: 'Not now' }), Dialog.okButton({ label: 'Go on' })];
  const { button } = await showDialog({ title, body: body([node]), buttons });
  return button.accept ? select.value : null;
}

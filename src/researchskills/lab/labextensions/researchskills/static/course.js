/* Home page, menus and commands of the course. */
import { coreutils, notebook, widgets } from './libraries.js';
import { isCourse, renew } from './activities.js';
import { undoing } from './editing.js';
import { restart, tell } from './dialogs.js';
import { homePage } from './home.js';
import { menuBar } from './menus.js';
import { element } from './page.js';
import { findHeading, goTo } from './reading.js';
import { ask } from './server.js';
import { changeTextSize } from './text.js';
import * as work from './work.js';

export const course = {
  id: 'researchskills:course',
  description: 'The home page of the course, its menus and its commands.',
  autoStart: true,
  requires: [notebook.INotebookTracker],
  activate: (app, tracker) => {
    const { commands, shell } = app;
    // In a subshell the kernel handles a typed answer and the click that follows it at the same time,
    // so a check could read what stood in the box before. One after the other, it cannot.
    app.serviceManager.kernels.commsOverSubshells = 'disabled';
    const open = async (path, factory) => {
      const page = await commands.execute('docmanager:open', { path, ...(factory && { factory }) });
      if (page && !tracker.has(page)) {
        addWayBack(page, commands);
      }
      return page;
    };
    const guide = path => open(path, 'Markdown Preview');
    const actions = { open: path => open(path), guide, check: plainly(checkModule), handIn: plainly(handInModule), plan: plainly(() => work.plan(path => open(path))) };
    const home = homePage(actions);

    const add = (name, label, execute, more = {}) =>
      commands.addCommand(`researchskills:${name}`, { label, execute: plainly(() => execute()), ...more });
    const inNotebook = { isEnabled: () => Boolean(current()) };

    const current = () => (shell.currentWidget === tracker.currentWidget ? tracker.currentWidget : null);

    async function showHome() {
      await home.refresh();
      if (!home.isAttached) {
        shell.add(home, 'main', { activate: false });
      }
      shell.activateById(home.id);
      home.content.node.focus({ preventScroll: true });
    }

    /** The module of the notebook in view, or the one that the person chooses. */
    async function module() {
      const panel = current();
      const named = isCourse(panel) && panel.context.model.getMetadata('researchskills').module;
      if (named) {
        return named;
      }
      const { modules } = await ask('home');
      const options = modules.map(({ module, number, title }) => [module, `Module ${number}: ${title}`]);
      return options.length > 1 ? work.choose('Choose a module', 'Which module do you mean?', options) : options[0]?.[0];
    }

    /** What is checked is what is on the disk. */
    async function save(name) {
      const theirs = tracker.filter(panel => panel.context.path.startsWith(`${name}/`) && panel.context.model.dirty);
      await Promise.all(theirs.map(panel => panel.context.save()));
    }

    async function checkModule(chosen) {
      const name = chosen ?? (await module());
      if (name) {
        await save(name);
        await work.check(name);
      }
    }

    async function handInModule(chosen) {
      const name = chosen ?? (await module());
      if (name) {
        await save(name);
        await work.handIn(name);
        await home.refresh();
      }
    }

    add('home', 'Home', showHome, { caption: 'Go to the home page of the course' });
    add('check', 'Check my work', () => checkModule(), { caption: 'See what is still missing before you hand in' });
    add('hand-in', 'Hand in', () => handInModule(), { caption: 'Make the file that you send to your mentor' });
    add('feedback', 'Feedback', () => work.feedback(path => open(path)), { caption: 'Read what your mentor wrote' });
    add('plan', 'My research plan', actions.plan, { caption: 'Put your answers together into a plan' });
    add('restart', 'My notebook has stopped', () => restart(current().context.sessionContext), inNotebook);
    add('help', 'What to do if something goes wrong', async () => {
      await showHome();
      const heading = document.getElementById('rs-help');
      heading.tabIndex = -1;
      heading.scrollIntoView();
      heading.focus();
    });
    add('contents', 'Contents', () => {
      const shown = !document.getElementById('jp-left-stack')?.classList.contains('lm-mod-hidden');
      return commands.execute(shown ? 'application:toggle-left-area' : 'toc:show-panel');
    }, { ...inNotebook, caption: 'Show or hide the headings of this page' });
    add('close', 'Close this page', async () => {
      await commands.execute('application:close');
      await showHome();
    }, { isEnabled: () => Boolean(shell.currentWidget) && shell.currentWidget !== home });
    add('note', 'Add a note below', async () => {
      await commands.execute('notebook:insert-cell-below');
      await commands.execute('notebook:change-cell-to-markdown');
      await commands.execute('notebook:enter-edit-mode');
    }, inNotebook);
    add('web-page', 'Save a copy as a web page', async () => {
      const { context } = current();
      await renew(current());
      await context.save();
      window.open(coreutils.PageConfig.getNBConvertURL({ path: context.path, format: 'html', download: true }));
    }, inNotebook);
    add('larger', 'Larger text', () => resize(1));
    add('smaller', 'Smaller text', () => resize(-1));
    add('keys', 'Keyboard shortcuts', () => work.keys());
    undoing(commands, tracker, add);

    const resize = by => {
      changeTextSize(by);
      // What has a height of its own is measured again.
      tracker.forEach(panel => [panel.contentHeader, panel].forEach(part => part.fit()));
    };
    changeTextSize(0);

    shell.add(menuBar(commands), 'menu', { rank: 100 });
    // A page that is reloaded goes on where it was; JupyterLab's own memory is shared by all tabs and misses that.
    const last = sessionStorage.getItem('researchskills-page');
    const remember = current => {
      const path = current === home ? '' : tracker.find(panel => panel === current)?.context.path;
      sessionStorage.setItem('researchskills-page', path ?? '');
    };
    // The contents jump by scrolling alone; who reads with the keyboard or a screen reader must arrive too.
    document.addEventListener('click', ({ target }) => {
      const item = target.closest?.('.jp-tocItem-heading');
      const title = item?.querySelector('.jp-tocItem-content')?.textContent.trim();
      if (title && current()) {
        setTimeout(() => {
          const heading = current() && findHeading(current(), title);
          if (heading) {
            goTo(heading);
          }
        }, 300);
      }
    });
    void app.restored.then(async () => {
      const retitle = keepTitle(() => titleOf(current()));
      await home.refresh().catch(error => tell('The home page could not be read', error.message));
      tidy(shell);
      shell.add(home, 'main', { activate: !last, rank: 0 });
      if (last) {
        await open(last);
      }
      remember(shell.currentWidget);
      shell.currentChanged.connect((_, { newValue }) => {
        remember(newValue);
        retitle();
        if (newValue === home) {
          void home.refresh().catch(() => {});
        }
      });
    });
  }
};

const courseTitle = 'Research at the Interface';

/** JupyterLab writes file names into the browser's tab, and does so again at moments of its own choosing. */
function keepTitle(wanted) {
  const set = () => {
    if (document.title !== wanted()) {
      document.title = wanted();
    }
  };
  new MutationObserver(set).observe(document.querySelector('title'), { childList: true });
  set();
  return set;
}

function titleOf(panel) {
  if (!isCourse(panel)) {
    return courseTitle;
  }
  const { model } = panel.context;
  const heading = [...model.cells].map(cell => cell.sharedModel.getSource().match(/^# (.+)/)?.[1]).find(Boolean);
  return `${heading ?? model.getMetadata('title') ?? 'Course'} – ${courseTitle}`;
}

/** Pages that are no notebooks have an empty toolbar; this is the way back from them. */
function addWayBack(page, commands) {
  if (!page.contentHeader || page.hasClass('rs-read')) {
    return;
  }
  page.addClass('rs-read');
  const back = element('button', { type: 'button', class: 'rs-button rs-quiet' }, 'Back to Home');
  back.onclick = () => commands.execute('researchskills:home');
  page.contentHeader.addWidget(new widgets.Widget({ node: element('div', { class: 'rs-status' }, back) }));
}

/** The title line would rename files, and the strip at the side is one unnamed icon: View has what it does. */
function tidy(shell) {
  if (shell.isTopInSimpleModeVisible()) {
    shell.toggleTopInSimpleModeVisibility();
  }
  for (const side of ['left', 'right']) {
    if (shell.isSideTabBarVisible(side)) {
      shell.toggleSideTabBarVisibility(side);
    }
  }
}

/** Whatever goes wrong in a command is said in plain words; details go to the browser's console. */
function plainly(work) {
  return async (...given) => {
    try {
      return await work(...given);
    } catch (error) {
      console.warn(error);
      return tell('That did not work', error.message ?? String(error));
    }
  };
}

/* Activities are there when a notebook opens, and come back when its kernel stops.
 *
 * Cells tagged "activity" only show something and are safe to run at any time, so nobody should
 * have to. They are run in order, without moving the focus or the page. A notebook that was only
 * read is not marked as changed: it must not nag about saving, and stays replaceable by a newer edition.
 */
import { notebook } from './libraries.js';
import { letTabLeave, makeTabStop, originalButton } from './editing.js';
import { keepShut, kernelReady } from './kernel.js';
import { element } from './page.js';
import { keepShortCellsWhole, rememberPlace, showVerdicts, wayOn } from './reading.js';
import { addLine, said, say } from './status.js';

const opened = 'Ready. Your answers save themselves.';
const again =
  'Your notebook stopped and was started again. Your saved answers are back. ' +
  'If you had run code of your own, run it again from the top.';
const cutOff = 'Not connected to the course: what you type now may not be saved. Wait until this line says “Ready” again.';
const runLabel = 'Run this code';
const stops = ['restarting', 'autorestarting', 'dead'];

export const isCourse = panel => Boolean(panel?.context?.model?.getMetadata?.('researchskills'));

export const activities = {
  id: 'researchskills:activities',
  description: 'Runs the activity cells of course notebooks when they open and after a restart.',
  autoStart: true,
  requires: [notebook.INotebookTracker],
  activate: (app, tracker) => {
    tracker.widgetAdded.connect((_, panel) => void look(app, panel));
  }
};

const keepers = new WeakMap();

/** Run the activities once more, so that what is on the page shows the newest answers. */
export const renew = panel => keepers.get(panel)?.renew();

async function look(app, panel) {
  await panel.context.ready;
  if (panel.isDisposed || !isCourse(panel)) {
    return;
  }
  panel.addClass('rs-course');
  const run = async (cell, button) => {
    panel.content.activeCellIndex = panel.content.widgets.indexOf(cell);
    button.textContent = 'Running…';
    await app.commands.execute('notebook:run-cell');
    button.textContent = runLabel;
  };
  const mark = () => panel.isDisposed || markCells(panel, run);
  letTabLeave(panel);
  mark();
  panel.content.model.cells.changed.connect(() => requestAnimationFrame(mark));
  // Else an arrow key in a drop-down list would go to the next cell instead of the next answer. JupyterLab's
  // shortcuts look at the very element that has the focus, so it is told when the focus arrives there.
  panel.content.node.addEventListener('focusin', ({ target }) => {
    if (target.matches('button, input, select, textarea, summary, a')) {
      target.setAttribute('data-lm-suppress-shortcuts', 'true');
    }
  });
  addLine(panel);
  rememberPlace(panel);
  showVerdicts(panel);
  keepShortCellsWhole(panel);
  void wayOn(panel, app);
  keepers.set(panel, new Keeper(panel, mark));
}

const isActivity = cell => (cell.model.getMetadata('tags') ?? []).includes('activity');

/** Activities lose their code; every other piece of code gets a button that says what it does. */
function markCells(panel, run) {
  for (const cell of panel.content.widgets) {
    cell.toggleClass('rs-activity', isActivity(cell));
    // JupyterLab calls the page a feed; what a feed holds are articles, and a field to write in has a name.
    cell.node.setAttribute('role', 'article');
    cell.node.querySelector('.cm-content')?.setAttribute('aria-label', 'Code that you can change');
    makeTabStop(cell);
    const input = cell.node.querySelector('.jp-Cell-inputWrapper');
    if (cell.model.type === 'code' && !isActivity(cell) && input && !cell.node.querySelector('.rs-run')) {
      const button = element('button', { type: 'button', class: 'rs-button rs-run' }, runLabel);
      button.onclick = () => run(cell, button);
      input.after(element('div', { class: 'rs-code-actions' }, button, originalButton(cell, panel)));
    }
  }
}

class Keeper {
  constructor(panel, mark) {
    this.panel = panel;
    this.mark = mark;
    this.session = panel.context.sessionContext;
    this.round = 0;
    this.recent = [];
    this.text = this.sources();
    panel.context.saveState.connect((_, state) => {
      if (state === 'completed') {
        this.text = this.sources();
      }
    });
    // The stock dialog says "The kernel appears to have died"; our status line says it in plain words.
    // If this private name changes one day, the stock dialog is back and nothing else happens.
    Object.defineProperty(panel, '_autorestarting', { get: () => true, set: () => {} });
    this.session.statusChanged.connect((_, status) => stops.includes(status) && this.stopped(status));
    this.session.connectionStatusChanged.connect((_, status) => this.connection(status));
    this.hadKernel = Boolean(this.session.session?.kernel);
    this.session.kernelChanged.connect((_, { newValue }) => newValue && this.replaced());
    this.begin(opened);
  }

  /** The first kernel belongs to opening; any later one replaces a kernel that went away. */
  replaced() {
    if (this.hadKernel) {
      this.begin(again);
    }
    this.hadKernel = true;
  }

  /** Whoever types while the course cannot be reached must not read that answers save themselves. */
  connection(status) {
    if (status !== 'connected' && said(this.session) === opened) {
      say(this.session, cutOff);
    } else if (status === 'connected' && said(this.session) === cutOff) {
      say(this.session, opened);
    }
  }

  renew() {
    return this.begin(opened);
  }

  stopped(status) {
    if (status === 'dead') {
      this.round++;
      this.stuck();
      return;
    }
    const now = Date.now();
    this.recent = [...this.recent.filter(time => now - time < 60_000), now];
    this.begin(again, this.recent.length > 6);
  }

  /** Shut the gate, run everything, open the gate. A newer round makes an older one give up. */
  begin(outcome, onlyWait = false) {
    const done = this.run(++this.round, outcome, onlyWait);
    keepShut(this.session, done);
    return done;
  }

  async run(round, outcome, onlyWait) {
    const late = setTimeout(() => this.round === round && this.stuck(), 60_000);
    say(this.session, 'Getting your activities ready… You can start reading.');
    const ready = await kernelReady(this.session);
    clearTimeout(late);
    if (!ready || this.round !== round) {
      return;
    }
    if (onlyWait) {
      this.stuck();
      return;
    }
    const failed = await this.runCells(round);
    // By now the editors further down have been made too.
    this.mark();
    if (this.round !== round || this.panel.isDisposed) {
      return;
    }
    if (outcome === opened && this.sources() === this.text) {
      this.panel.context.model.dirty = false;
    }
    say(
      this.session,
      failed
        ? `${outcome} Some activities could not be shown (${failed}). Choose “My notebook has stopped” in the Course menu; if that does not help, tell your mentor.`
        : outcome
    );
  }

  async runCells(round) {
    const { content, context } = this.panel;
    let failed = 0;
    for (const cell of [...content.widgets].filter(cell => cell.model.type === 'code' && isActivity(cell))) {
      if (this.round !== round || cell.isDisposed) {
        break;
      }
      try {
        await notebook.runCell({
          cell,
          notebook: content.model,
          notebookConfig: content.notebookConfig,
          onCellExecuted: () => {},
          onCellExecutionScheduled: () => {},
          sessionContext: context.sessionContext
        });
      } catch {
        failed++;
      }
    }
    return failed;
  }

  stuck() {
    say(
      this.session,
      'Your notebook is not answering yet. You can read on; your saved answers are safe. ' +
        'If this does not change, choose “My notebook has stopped” in the Course menu.'
    );
  }

  sources() {
    return JSON.stringify(
      [...this.panel.content.model.cells].map(cell => [cell.type, cell.sharedModel.getSource()])
    );
  }
}

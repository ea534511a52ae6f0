/* Run never gets lost: it waits for the notebook to be ready, and says so. */
import { notebook } from './libraries.js';
import { gate, isReady } from './kernel.js';
import { said, say } from './status.js';

export const executor = {
  id: 'researchskills:executor',
  description: 'Runs a cell as soon as the notebook is ready, however early Run was pressed.',
  autoStart: true,
  provides: notebook.INotebookCellExecutor,
  activate: () => Object.freeze({ runCell })
};

const running = 'Running your code…';
const counts = new WeakMap();

async function runCell(options) {
  const { cell, sessionContext } = options;
  if (cell.model.type === 'code' && sessionContext) {
    const early = !isReady(sessionContext);
    if (early) {
      cell.setPrompt('*');
      say(sessionContext, 'Your notebook is still getting ready. Your code will run by itself in a moment.');
    }
    if (!(await gate(sessionContext)) || cell.isDisposed) {
      return false;
    }
    return tellResult(sessionContext, () => notebook.runCell(options));
  }
  return notebook.runCell(options);
}

/** A sign that something was run, also when its result looks the same as before. */
async function tellResult(session, run) {
  const count = counts.get(session) ?? { left: 0, failed: false };
  counts.set(session, count);
  count.left++;
  say(session, running);
  let fine = false;
  try {
    fine = await run();
    return fine;
  } finally {
    count.left--;
    count.failed ||= !fine;
    // When the notebook stopped meanwhile, the line says so, and that matters more.
    if (!count.left) {
      if (said(session) === running) {
        say(
          session,
          count.failed
            ? 'The code stopped with a message. Nothing is broken; read it below the code.'
            : 'Done. The result is below the code.'
        );
      }
      counts.delete(session);
    }
  }
}

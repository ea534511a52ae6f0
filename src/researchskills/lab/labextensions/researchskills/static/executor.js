/* Run never gets lost: it waits for the notebook to be ready, and says so. */
import { notebook } from './libraries.js';
import { gate, isReady } from './kernel.js';
import { say } from './status.js';

export const executor = {
  id: 'researchskills:executor',
  description: 'Runs a cell as soon as the notebook is ready, however early Run was pressed.',
  autoStart: true,
  provides: notebook.INotebookCellExecutor,
  activate: () => Object.freeze({ runCell })
};

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
    if (early) {
      say(sessionContext, 'Ready. Your code has been run.');
    }
  }
  return notebook.runCell(options);
}

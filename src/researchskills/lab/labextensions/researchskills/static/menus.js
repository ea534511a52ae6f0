/* The whole menu bar, written down.
 *
 * JupyterLab's own menus are put together from some forty places and speak to programmers; switching
 * them off and writing the few entries that a learner needs is shorter than hiding the others.
 */
import { widgets } from './libraries.js';

const line = null;

const menus = {
  Course: [
    ['Start page', 'researchskills:home'],
    ['Check my work', 'researchskills:check'],
    ['Hand in', 'researchskills:hand-in'],
    ['Feedback', 'researchskills:feedback'],
    ['My research plan', 'researchskills:plan'],
    line,
    ['My notebook has stopped', 'researchskills:restart'],
    ['What to do if something goes wrong', 'researchskills:help']
  ],
  File: [
    ['Save now', 'docmanager:save'],
    ['Print', 'apputils:print'],
    ['Save a copy as a web page', 'researchskills:web-page'],
    ['Download this notebook', 'docmanager:download'],
    line,
    ['Close this page', 'researchskills:close']
  ],
  Edit: [
    ['Undo typing', 'researchskills:undo'],
    ['Redo typing', 'researchskills:redo'],
    line,
    ['Find', 'documentsearch:start'],
    line,
    ['Add a note below', 'researchskills:note'],
    ['Add a code cell below', 'notebook:insert-cell-below'],
    ['Delete this cell', 'notebook:delete-cell'],
    ['Bring back what I deleted', 'notebook:undo-cell-action']
  ],
  Run: [
    ['Run this cell', 'notebook:run-cell-and-select-next'],
    ['Run everything above', 'notebook:run-all-above'],
    ['Run everything', 'notebook:run-all-cells'],
    line,
    ['Stop what is running', 'notebook:interrupt-kernel']
  ],
  View: [
    ['Show or hide the contents of this page', 'researchskills:contents'],
    line,
    ['Larger text', 'researchskills:larger'],
    ['Smaller text', 'researchskills:smaller']
  ],
  Help: [
    ['What to do if something goes wrong', 'researchskills:help'],
    ['Keyboard shortcuts', 'researchskills:keys']
  ]
};

/** A menu entry is a command of ours: stock labels speak of kernels, and stock names may change. */
function entry(commands, menu, [label, command]) {
  const id = `researchskills:menu:${menu}:${label}`;
  commands.addCommand(id, {
    label,
    isEnabled: () => commands.hasCommand(command) && commands.isEnabled(command),
    execute: () => commands.execute(command)
  });
  return { command: id };
}

export function menuBar(commands) {
  const bar = new widgets.MenuBar();
  bar.id = 'jp-MainMenu';
  for (const [title, entries] of Object.entries(menus)) {
    const menu = new widgets.Menu({ commands });
    menu.title.label = title;
    for (const item of entries) {
      menu.addItem(item === line ? { type: 'separator' } : entry(commands, title, item));
    }
    bar.addMenu(menu);
  }
  return bar;
}

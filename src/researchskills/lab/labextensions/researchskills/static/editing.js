/* Changing code without getting lost: Tab moves on, what was typed can be undone, the original comes back. */
import { element } from './page.js';
import { say } from './status.js';

const original = cell => cell.model.getMetadata('researchskills')?.original;

/** Undo and redo for the code or note that is being changed; JupyterLab's own came with its menus. */
export function undoing(commands, tracker, add) {
  const editor = () => tracker.activeCell?.editor;
  const isEnabled = () => Boolean(editor());
  add('undo', 'Undo typing', () => editor()?.undo(), { isEnabled });
  add('redo', 'Redo typing', () => editor()?.redo(), { isEnabled });
  for (const [command, keys] of [['undo', 'Accel Z'], ['redo', 'Accel Shift Z'], ['redo', 'Accel Y']]) {
    commands.addKeyBinding({ command: `researchskills:${command}`, keys: [keys], selector: '.jp-Notebook .cm-content' });
  }
}

/** Tab is the way on for everybody who uses no mouse; the editor would take it for an indent. */
export function letTabLeave(panel) {
  panel.content.node.addEventListener(
    'keydown',
    event => {
      if (event.key === 'Tab' && event.target.closest('.cm-content')) {
        event.stopPropagation();
      }
    },
    true
  );
}

export const makeTabStop = cell => cell.editor?.setOption('tabFocusable', true);

export function originalButton(cell, panel) {
  const button = element('button', { type: 'button', class: 'rs-button rs-quiet rs-original' }, 'Put the original code back');
  const look = () => {
    const source = original(cell);
    button.hidden = typeof source !== 'string' || source === cell.model.sharedModel.getSource();
  };
  button.onclick = () => {
    cell.model.sharedModel.setSource(original(cell));
    // The button is gone now; the focus must not be lost with it.
    button.parentElement.querySelector('.rs-run')?.focus();
    say(panel.context.sessionContext, 'The original code is back. Run it to see its result again.');
  };
  cell.model.contentChanged.connect(look);
  look();
  return button;
}

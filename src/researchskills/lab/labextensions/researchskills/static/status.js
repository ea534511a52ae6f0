/* One line above each course notebook that says, politely and aloud, what is going on. */
import { widgets } from './libraries.js';
import { element } from './page.js';

const lines = new WeakMap();

export function addLine(panel) {
  const text = element('span', { role: 'status', 'aria-live': 'polite', class: 'rs-status-text' });
  const line = new widgets.Widget({ node: element('div', { class: 'rs-status' }, text) });
  panel.contentHeader.addWidget(line);
  lines.set(panel.context.sessionContext, text);
}

export function say(session, sentence) {
  const text = lines.get(session);
  if (text && text.textContent !== sentence) {
    text.textContent = sentence;
  }
}

/* One line above each course notebook that says, politely and aloud, what is going on. */
import { widgets } from './libraries.js';
import { element } from './page.js';

const lines = new WeakMap();
const panels = new WeakMap();

export function addLine(panel) {
  const text = element('span', { role: 'status', 'aria-live': 'polite', class: 'rs-status-text' });
  const line = new widgets.Widget({ node: element('div', { class: 'rs-status' }, text) });
  panel.contentHeader.addWidget(line);
  lines.set(panel.context.sessionContext, text);
  panels.set(text, panel);
}

export function say(session, sentence) {
  const text = lines.get(session);
  if (text && text.textContent !== sentence) {
    text.textContent = sentence;
  }
}

/** What the line says now. */
export const said = session => lines.get(session)?.textContent;

/** A button beside the sentence, which goes away once it was used. */
export function offer(session, label, act) {
  const text = lines.get(session);
  const fit = () => panels.get(text)?.contentHeader.fit();
  const button = element('button', { type: 'button', class: 'rs-button rs-quiet rs-offer' }, label);
  button.onclick = () => {
    button.remove();
    fit();
    act();
  };
  text?.after(button);
  fit();
}

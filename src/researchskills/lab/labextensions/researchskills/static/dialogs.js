/* The questions JupyterLab asks about kernels and connections, in plain words or not at all. */
import { application, apputils, widgets } from './libraries.js';
import { start } from './kernel.js';
import { element } from './page.js';

const { Dialog, showDialog } = apputils;

/** A question with a sentence or two. Resolves to true when the person says yes. */
export async function confirm(title, sentences, yes, no = 'Not now', careful = false) {
  const buttons = [Dialog.cancelButton({ label: no }), Dialog.okButton({ label: yes })];
  // Enter must not say yes to something that cannot be taken back.
  const defaultButton = careful ? 0 : 1;
  return (await showDialog({ title, body: body(sentences), buttons, defaultButton })).button.accept;
}

export const tell = (title, ...sentences) =>
  showDialog({ title, body: body(sentences), buttons: [Dialog.okButton({ label: 'Close' })] });

export function body(parts) {
  const node = element('div', { class: 'rs-dialog' });
  node.append(...[parts].flat().map(part => (typeof part === 'string' ? element('p', {}, part) : part)));
  return new widgets.Widget({ node });
}

export async function restart(session) {
  const yes = await confirm(
    'Start this notebook again?',
    [
      'Your saved answers stay. The notebook starts afresh and your activities come back in a few seconds.',
      'If you have run code of your own, you will have to run it again.'
    ],
    'Start it again'
  );
  if (yes) {
    await (session.session?.kernel ? session.restartKernel() : start(session));
  }
  return yes;
}

export const sessions = {
  id: 'researchskills:sessions',
  description: 'Asks about restarting in plain words and never asks a learner to select a kernel.',
  autoStart: true,
  provides: apputils.ISessionContextDialogs,
  activate: () => ({ selectKernel: start, restart })
};

export const connection = {
  id: 'researchskills:connection',
  description: 'Says in plain words that the course is no longer running.',
  autoStart: true,
  provides: application.IConnectionLost,
  activate: () => {
    let open = false;
    return async () => {
      if (open) {
        return;
      }
      open = true;
      await tell(
        'The course has stopped running',
        'This page cannot reach the course any more. The answers you saved are safe on your computer. What you typed in the last minute may not be saved: copy it before you close this page.',
        'Start the course again in the same way as before, then close this page and use the new one.'
      );
      open = false;
    };
  }
};

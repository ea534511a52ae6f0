/* When can a notebook run something?
 *
 * JupyterLab drops a Run that comes before the kernel is there, without a word. So everything that
 * runs goes through a gate: a promise kept per notebook session. It opens when the kernel answers
 * and, in a course notebook, when the activities are in place, so that what a learner runs finds
 * them. Looking a few times a second sees every way a kernel comes and goes; signals miss some.
 */
const gates = new WeakMap();
const pause = milliseconds => new Promise(done => setTimeout(done, milliseconds));

export function isReady(session) {
  const kernel = session.session?.kernel;
  return Boolean(
    session.isReady &&
      !session.isRestarting &&
      !session.isTerminating &&
      kernel?.connectionStatus === 'connected' &&
      ['idle', 'busy'].includes(kernel.status)
  );
}

export async function kernelReady(session) {
  for (let looked = 0; !session.isDisposed && !isReady(session); looked++) {
    // Nobody is starting a kernel here (it was shut down, say): a person who runs something wants one.
    if (looked === 10 && session.isReady && !session.session?.kernel && !session.isRestarting) {
      await start(session);
    }
    // A kernel that was back very soon may have said how it is before anybody listened, or nobody hears it at all.
    if (looked % 10 === 9) {
      void askAgain(session.session?.kernel, looked % 20 === 19);
    }
    await pause(200);
  }
  return !session.isDisposed;
}

/** Have a kernel say once more how it is, through a new connection if the one there is keeps silent. */
async function askAgain(kernel, anew) {
  if (kernel?.connectionStatus !== 'connected') {
    return;
  }
  try {
    await (anew ? kernel.reconnect() : kernel.requestKernelInfo());
  } catch {
    // It has gone in the meantime; it is looked for again.
  }
}

export async function start(session) {
  await session.specsManager.ready;
  const specs = session.specsManager.specs;
  return session.changeKernel({ name: specs?.default ?? 'python3' });
}

export const keepShut = (session, until) => gates.set(session, until);

export async function gate(session) {
  let waited;
  // While somebody waited, the kernel may have stopped and the gate been shut again.
  while (waited !== gates.get(session)) {
    waited = gates.get(session);
    await waited;
  }
  return kernelReady(session);
}

/* Long pages: the way back to where one stopped, the way on at the end, and results that come into view. */
import { element } from './page.js';
import { offer } from './status.js';

const headings = panel => [...panel.content.node.querySelectorAll('.jp-RenderedMarkdown :is(h1, h2, h3)')];
const words = heading => heading.textContent.replace(/¶$/, '').trim();

export function goTo(heading) {
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  heading.scrollIntoView({ block: 'start' });
}

export const findHeading = (panel, title, nth = 0) => headings(panel).filter(heading => words(heading) === title)[nth];

/** Titles such as "Your turn" come back in each unit: a place is a title, its turn and its unit. */
function placeOf(panel, heading) {
  const all = headings(panel);
  const before = all.slice(0, all.indexOf(heading) + 1);
  const title = words(heading);
  const unit = before.findLast(each => each.matches('h1, h2'));
  return {
    title,
    nth: before.filter(each => words(each) === title).length - 1,
    label: unit && unit !== heading ? `${words(unit)}, ${title}` : title
  };
}

function readPlace(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

/** Remember the last heading above the reader; offer it the next time the page is opened. */
export function rememberPlace(panel) {
  const key = `researchskills-place:${panel.context.path}`;
  const before = readPlace(key);
  const { node } = panel.content;
  let moved = false;
  let soon;
  // What scrolls while a page is being built is not the reader.
  for (const sign of ['wheel', 'keydown', 'pointerdown', 'touchstart']) {
    panel.node.addEventListener(sign, () => (moved = true), { passive: true, capture: true });
  }
  const note = () => {
    if (panel.isDisposed || !panel.isVisible) {
      return;
    }
    const edge = panel.content.outerNode.getBoundingClientRect().top + 120;
    const read = headings(panel).filter(heading => heading.getBoundingClientRect().top <= edge);
    if (read.length > 1) {
      localStorage.setItem(key, JSON.stringify(placeOf(panel, read.at(-1))));
    }
  };
  node.addEventListener(
    'scroll',
    () => {
      clearTimeout(soon);
      soon = moved ? setTimeout(note, 400) : 0;
    },
    { passive: true, capture: true }
  );
  if (before?.title) {
    void offerPlace(panel, before);
  }
}

async function offerPlace(panel, { title, nth, label }) {
  // Headings appear one by one while the page is built.
  for (let looked = 0; looked < 60 && !panel.isDisposed; looked++) {
    if (findHeading(panel, title, nth)) {
      const act = () => goTo(findHeading(panel, title, nth) ?? headings(panel)[0]);
      offer(panel.context.sessionContext, `Go on where you stopped: ${label}`, act);
      return;
    }
    await new Promise(done => setTimeout(done, 500));
  }
}

/** At the end of a page: what comes next, instead of an invitation to add code. */
export async function wayOn(panel, app) {
  const { path } = panel.context;
  const go = (label, act, look) => element('button', { type: 'button', class: `rs-button ${look}`, onclick: act }, label);
  const home = look => go('Back to Home', () => app.commands.execute('researchskills:home'), look);
  const exercises = path.replace(/lesson\.ipynb$/, 'exercises.ipynb');
  const there =
    exercises !== path &&
    (await app.serviceManager.contents.get(exercises, { content: false }).then(() => true, () => false));
  const open = () => app.commands.execute('docmanager:open', { path: exercises });
  const buttons = there ? [go('Go to the exercises', open, 'rs-main'), home('rs-quiet')] : [home('rs-main')];
  if (!panel.isDisposed) {
    const node = element('div', { class: 'rs-onward rs-actions' }, buttons);
    // In the last cell: a notebook takes the focus back from whatever is no cell, and Tab would never get past here.
    panel.content.widgets.at(-1)?.node.append(node);
  }
}

/** A verdict below the edge of the window looks like a button that does nothing. */
export function showVerdicts(panel) {
  panel.content.node.addEventListener('click', ({ target }) => {
    const cell = target.closest('.jupyter-button') && target.closest('.jp-Cell');
    if (!cell) {
      return;
    }
    const watch = new MutationObserver(changes => {
      const outcome = changes
        .flatMap(({ addedNodes }) => [...addedNodes])
        .map(node => (node.matches?.('.rs-outcome') ? node : node.querySelector?.('.rs-outcome')))
        .find(Boolean);
      if (outcome) {
        watch.disconnect();
        // Once more when everything around it has its height.
        [50, 400].forEach(later => setTimeout(() => outcome.scrollIntoView({ block: 'nearest' }), later));
      }
    });
    watch.observe(cell, { childList: true, subtree: true });
    setTimeout(() => watch.disconnect(), 10_000);
  });
}

/** Dates and other short entries of a table stay on one line. */
export function keepShortCellsWhole(panel) {
  const mark = root => {
    for (const cell of root.querySelectorAll?.('td, th') ?? []) {
      cell.classList.toggle('rs-short', cell.textContent.trim().length <= 16);
    }
  };
  mark(panel.content.node);
  const watch = new MutationObserver(changes => changes.forEach(({ addedNodes }) => addedNodes.forEach(mark)));
  watch.observe(panel.content.node, { childList: true, subtree: true });
  panel.disposed.connect(() => watch.disconnect());
}

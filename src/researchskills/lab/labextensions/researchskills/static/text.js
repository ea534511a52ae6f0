/* How large everything is written.
 *
 * JupyterLab has a setting for this, but each change of it loads the whole theme again behind a
 * splash screen, and of several changes at once only the last stays.
 */
const sizes = { '--jp-content-font-size1': 17, '--jp-ui-font-size1': 15, '--jp-code-font-size': 15 };
const key = 'researchskills-text-size';

export function changeTextSize(by) {
  const step = Math.min(8, Math.max(-3, (Number(localStorage.getItem(key)) || 0) + by));
  localStorage.setItem(key, step);
  for (const [name, size] of Object.entries(sizes)) {
    document.documentElement.style.setProperty(name, `${size + step}px`);
  }
}

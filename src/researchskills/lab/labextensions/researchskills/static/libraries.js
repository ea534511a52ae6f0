/* The parts of JupyterLab that we use, taken from the running one.
 *
 * A token such as INotebookTracker only fits when it is the very object that JupyterLab holds, so
 * everything comes from the shared scope and nothing is bundled. Every other file reads it from here.
 */
export const application = {};
export const apputils = {};
export const coreutils = {};
export const notebook = {};
export const services = {};
export const widgets = {};

const wanted = {
  '@jupyterlab/application': application,
  '@jupyterlab/apputils': apputils,
  '@jupyterlab/coreutils': coreutils,
  '@jupyterlab/notebook': notebook,
  '@jupyterlab/services': services,
  '@lumino/widgets': widgets
};

export async function take(shared) {
  await Promise.all(
    Object.entries(wanted).map(async ([name, target]) => {
      const versions = Object.values(shared[name]);
      // JupyterLab's own copy is the one whose tokens its plugins use.
      const own = versions.find(version => version.from.includes('application')) ?? versions[0];
      const factory = await own.get();
      const module = factory();
      for (const key of Object.keys(module)) {
        target[key] = module[key];
      }
    })
  );
}

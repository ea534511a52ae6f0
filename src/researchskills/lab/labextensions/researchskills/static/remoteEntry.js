/* The door through which JupyterLab lets this folder in.
 *
 * JupyterLab loads extensions by module federation: it runs the script named in package.json, looks
 * for a container under window._JUPYTERLAB[name], hands it the libraries that all extensions share
 * (init) and asks for its modules (get). Usually webpack writes such a container. Ours is small
 * enough to write by hand, so that the course needs no Node.js, no build and no copy of JupyterLab,
 * and what runs is what you read: the other files here are ordinary JavaScript modules.
 */
(() => {
  'use strict';
  const here = document.currentScript.src;
  const file = name => new URL(name, here).href;
  let shared;
  let libraries;

  const style = name =>
    new Promise((loaded, failed) => {
      const link = document.createElement('link');
      Object.assign(link, { rel: 'stylesheet', href: file(name), onload: loaded, onerror: failed });
      document.head.append(link);
    });

  (window._JUPYTERLAB ??= {}).researchskills = {
    init(scope) {
      shared = scope;
    },
    async get(name) {
      if (name === './style') {
        await Promise.all(['style.css', 'panels.css'].map(style));
        return () => ({});
      }
      // Not before: while other extensions still announce their libraries, taking one can wait for ever.
      libraries ??= import(file('libraries.js')).then(module => module.take(shared));
      await libraries;
      const { default: plugins } = await import(file('plugins.js'));
      return () => ({ __esModule: true, default: plugins });
    }
  };
})();

/* What the course adds to JupyterLab. Each plugin lives in the file that is named after it. */
import { connection, sessions } from './dialogs.js';
import { executor } from './executor.js';
import { course } from './course.js';
import { activities } from './activities.js';

export default [executor, sessions, connection, activities, course];

/* Talking to the course's own part of the server. It answers {…} or {error: "plain sentence"}. */
import { coreutils, services } from './libraries.js';

export class PlainError extends Error {}

const lost = 'The course is not answering. Your saved answers are safe. Wait a moment and try again.';

export async function ask(what, body) {
  const { ServerConnection } = services;
  const settings = ServerConnection.makeSettings();
  const url = coreutils.URLExt.join(settings.baseUrl, 'researchskills', what);
  const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  let response;
  try {
    response = await ServerConnection.makeRequest(url, request, settings);
  } catch {
    throw new PlainError(lost);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new PlainError(answer.error ?? lost);
  }
  return answer;
}

import { byId } from "./dom.ts";

/** Says in the live region what has happened; screen readers read it out when they are free. */
export function announce(text: string): void {
  byId("status").textContent = text;
}

/** Shows an error until the next attempt; screen readers read it out at once. */
function showError(error: unknown): void {
  byId("alert").textContent = error instanceof Error ? error.message : String(error);
}

/** What a user started: its error is shown, an earlier one is taken away. A work that was aborted is no error. */
export async function attempt(work: () => Promise<void>): Promise<void> {
  byId("alert").textContent = "";
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "AbortError")) showError(error);
  }
}

/**
 * Intent gives every edit its key (`clientMutationId`): the same input gets the same key, so what is sent again
 * because no answer came is done once; a corrected input is another edit and gets another key.
 */
export class Intent {
  #input = "";
  #key = "";

  /** The key to send an input under. */
  keyOf(input: unknown): string {
    const text = JSON.stringify(input);
    if (text !== this.#input || this.#key === "") {
      this.#input = text;
      this.#key = draw();
    }
    return this.#key;
  }
}

/** Not randomUUID, which browsers withhold from pages that are not served over TLS. */
function draw(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

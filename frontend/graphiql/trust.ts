/// <reference types="trusted-types" />
import DOMPurify from "dompurify";

/**
 * The page is under Trusted Types: a string becomes markup or the address of a script only through a policy. Monaco
 * brings its own; whatever comes without one, such as the descriptions of the schema that GraphiQL draws from
 * Markdown, goes through this: markup is cleaned, and a script may come only from this page's own files.
 * Importing this module is enough, and it must come before everything that draws.
 */
window.trustedTypes?.createPolicy("default", {
  createHTML: (markup) => DOMPurify.sanitize(markup, { RETURN_TRUSTED_TYPE: false }),
  createScriptURL: (address) => {
    const { origin, pathname } = new URL(address, location.href);
    if (origin !== location.origin || !pathname.startsWith("/graphiql/"))
      throw new TypeError(`a script may not come from ${address}`);
    return address;
  },
});

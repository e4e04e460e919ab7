import { mountSigning } from './signing.ts'

// One classic script without imports once it is bundled (app/web/browser-script.ts): it seals a signature in the
// signer's own browser. Where a browser cannot, the form is left as it is and the server seals.

if (globalThis.crypto?.subtle !== undefined)
  for (const root of document.querySelectorAll<HTMLElement>('[data-sign]')) mountSigning(root)

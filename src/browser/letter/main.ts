// One classic script without imports once it is bundled (cli/browser-script.ts): it seals a signature in the signer's
// own browser.

export {}

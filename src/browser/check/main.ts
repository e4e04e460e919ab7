// One classic script without imports once it is bundled (cli/browser-script.ts): the check of a connection that a reader
// starts on the page "Is it only me?".

export {}

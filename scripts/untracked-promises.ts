// Loaded by scripts/test.ts before each test file. node:test follows every promise of a process, to know which test a
// rejection without a handler belongs to; code with many promises then takes half as long again. Here only timers,
// sockets and files are followed. Such a rejection still fails its file; `node --test` names the test.
import hooks from 'node:async_hooks'

const { createHook } = hooks
hooks.createHook = (callbacks) => createHook({ ...callbacks, trackPromises: false })

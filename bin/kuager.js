#!/usr/bin/env node
// Plain JavaScript on purpose: an older Node must be able to read this file to say that it is too old.
import { existsSync } from 'node:fs'

const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  process.stderr.write(
    `kuager needs Node.js 24 or newer and was started on ${process.versions.node}: start it with "npx kuager" or "npm start", which use the Node.js that "npm ci" brought.\n`,
  )
  process.exit(1)
}
// Node does not strip types under node_modules: a published package carries dist/, a checkout src/.
const compiled = new URL('../dist/src/cli/main.js', import.meta.url)
const source = new URL('../src/cli/main.ts', import.meta.url)
const { main } = await import(existsSync(source) ? source.href : compiled.href)
await main(process.argv.slice(2))

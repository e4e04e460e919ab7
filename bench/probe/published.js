// The compiled program of dist/, which bin/kuager.js leaves alone in a checkout. Plain JavaScript: nothing is stripped.
const { main } = await import('../../dist/src/cli/main.js')
await main(process.argv.slice(2))

// Holds the project to its own rules, and counts it: `npm run house`. With --json its last line is one object of figures;
// with --list it prints every finding behind them.
import { spawnSync } from 'node:child_process'
import { countHouse } from '../test/house/figures.ts'
import { ROOT } from '../test/house/sources.ts'

const TESTS = ['test/house.test.ts', 'test/documents.test.ts', 'test/lock-file.test.ts', 'test/house/*.test.ts']

const asked = process.argv.slice(2)
const run = spawnSync(process.execPath, ['--test', ...TESTS], { cwd: ROOT, stdio: 'inherit' })
process.exitCode = run.status ?? 1
const { figures, findings } = countHouse()
if (asked.includes('--list')) {
  const { largestFolder, ...lists } = findings
  console.log(`${largestFolder.folder} holds ${largestFolder.files} files`)
  for (const [name, found] of Object.entries(lists)) console.log(`\n${name}\n  ${found.join('\n  ')}`)
}
if (asked.includes('--json')) console.log(JSON.stringify(figures))

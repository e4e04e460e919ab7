// Writes docs/commands.md from what commands declare for their help: `node scripts/commands.ts`.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandsPage } from '../test/house/commands-page.ts'
import { ROOT } from '../test/house/sources.ts'

writeFileSync(join(ROOT, 'docs/commands.md'), await commandsPage())

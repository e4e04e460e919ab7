import { readFileSync } from 'node:fs'
import { checkPlanSchema } from '../../../src/core/model/people/crowd-check.ts'
import { openWork } from '../../../src/web/work/open-work.ts'
import { listen } from '../../../src/web/listen.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { sampleSite } from '../site/site-sample.ts'

// A site in a namespace of the laboratory: started by test/e2e/check-lab.test.ts with a port and the file of a plan, which
// is read anew for each page.

const [port = '0', file = ''] = process.argv.slice(2)
const site = await sampleSite({
  crowd: {
    plan: () => Promise.resolve(checkPlanSchema.parse(JSON.parse(readFileSync(file, 'utf8')))),
    take: () => Promise.resolve({ wait: 0 }),
  },
  work: openWork({ clock: systemClock }),
})
await listen(site, { host: '127.0.0.1', port: Number(port) })
process.stdout.write('ready\n')

// Writes the warehouse in FOLDER as its one holder: each line of its input is an act, answered by the same line.
//   insert FROM UNTIL   measurements of these leaves, an insertion for each
//   erase LEAF
import { createInterface } from 'node:readline'
import { judged } from '../measured/judged.ts'
import { openWarehouse } from '../../../src/store/warehouse/open.ts'

const [folder = ''] = process.argv.slice(2)
await using warehouse = await openWarehouse(folder, { threads: 1 })
process.stdout.write('open\n')
for await (const line of createInterface({ input: process.stdin })) {
  const [act, from, until] = line.split(' ')
  if (act === 'insert')
    for (let leafIndex = Number(from); leafIndex < Number(until); leafIndex++)
      await warehouse.insert([judged({ leafIndex })])
  if (act === 'erase') await warehouse.setAside([{ leafIndex: Number(from), state: 'erased' }])
  process.stdout.write(`${line}\n`)
}

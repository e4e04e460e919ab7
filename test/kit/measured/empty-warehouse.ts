import type { Warehouse } from '../../../src/store/warehouse/contract.ts'

/** Has no rows in the place of all that a warehouse holds. */
export async function emptyWarehouse(warehouse: Warehouse): Promise<void> {
  using made = await warehouse.remake('none')
  await made.swap({ size: 0, erasedLeaves: [], looked: 0 })
}

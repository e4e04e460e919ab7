/** Keys of this area's words. */
export type GateKey = 'gate.title'

/**
 * First part of the rules version of every verdict: raised with every change of a rule in judge/ or of a row that
 * observe/ makes, and of what a verdict tells the detector (core/model/measured/reading-of.ts). The digest of the
 * pinned tables follows it.
 */
export const RULES_REVISION = '2026.11.40'

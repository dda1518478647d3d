/**
 * How far two devices without a network may differ before a date counts as wrong, in seconds: quartz is seconds a week off, clocks
 * that people set by hand are minutes off. A token begins so much before it is issued (TOK-2), a certificate may (CIV-1).
 */
export const CLOCK_SKEW_SECONDS = 600

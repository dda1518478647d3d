export const ABOUT = '/about'
export const IMPLEMENTATIONS = '/about/programs'
export const CONFORMANCE = '/about/test'

/** @param hub origin that this box's operator names, beside the box itself the only one the app may ask */
const contentSecurityPolicy = (hub: string | null): string =>
  [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    // Mantine sets style attributes and injects <style> elements
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    `connect-src 'self' ws: wss:${hub === null ? '' : ` ${hub}`}`,
    "worker-src 'self' blob:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "object-src 'none'",
  ].join('; ')

const OFF = [
  'accelerometer',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
]
const PERMISSIONS_POLICY = ['camera=(self)', 'serial=(self)', 'usb=(self)', ...OFF.map((feature) => `${feature}=()`)].join(', ')

/**
 * On every response, whatever its status. COOP and COEP make the page cross-origin isolated, which WASM threads need; the
 * development server and the preview send the same table.
 */
export const securityHeaders = (hub: string | null): Readonly<Record<string, string>> => ({
  'Content-Security-Policy': contentSecurityPolicy(hub),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': PERMISSIONS_POLICY,
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
})

/** Of a box without a knowledge hub. */
export const SECURITY_HEADERS = securityHeaders(null)

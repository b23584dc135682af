import { createHash } from 'node:crypto'
import { policyNames } from '../trusted-types.ts'

const inlineScript = /<script(?![^>]*\ssrc=)([^>]*)>([\s\S]*?)<\/script>/g
const inlineStyle = /<style[^>]*>([\s\S]*?)<\/style>/g
const dataBlock = /\stype="(?:application\/(?:ld\+)?json|text\/template)"/

/** The CSP source of a text (CSP3 section 2.3.1), such as `'sha256-...'`. */
function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

function distinct(sources: Iterable<string>): string {
  return [...new Set(sources)].map((source) => ` ${source}`).join('')
}

/**
 * The Content-Security-Policy of one HTML page: its own inline scripts and styles are allowed by their hashes,
 * nothing else inline is. `wasm-unsafe-eval` is for the search index; style attributes are the highlighter's.
 * @param html the page as it is sent, to the last byte
 */
export function pagePolicy(html: string): string {
  const scripts = [...html.matchAll(inlineScript)]
    .filter(([, attributes = '']) => !dataBlock.test(attributes))
    .map(([, , text = '']) => hashSource(text))
  const styles = [...html.matchAll(inlineStyle)].map(([, text = '']) => hashSource(text))
  return [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval'${distinct(scripts)}`,
    `style-src 'self'${distinct(styles)}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    `trusted-types ${policyNames.join(' ')}`,
  ].join('; ')
}

/**
 * The policy of everything under `/runner/`: a worker's script brings its own policy, and this one lets a
 * sample reach the documented API and nothing else. The path rule holds only as long as no allowed path
 * redirects (decisions/0002). `worker-src` stays out: in Firefox it would stop the worker itself.
 * @param origin the public origin, such as `https://docs.example`
 */
export function runnerPolicy(origin: string): string {
  const reachable = ['/api/', '/internal/', '/auth/v1/', '/runner/'].map((path) => origin + path)
  return [
    "default-src 'none'",
    "script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval'",
    `connect-src ${reachable.join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/**
 * The policy of everything under `/offline/`: scripts of workers that compute with what must not leave the page, such
 * as a password that is being chosen. They load their own parts and reach nothing else.
 */
export const offlinePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

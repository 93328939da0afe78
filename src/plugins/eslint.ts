/** `tenantize/eslint`: the findings of `tenantize lint` in the editor, found by the same trace of the whole program. */
import type { ESLint, Linter, Rule } from 'eslint'
import { version } from '../cli/version.ts'
import { type RuleName, ruleNames } from '../rules/model.ts'
import { defaultSeverities } from '../rules/severity.ts'
import { Asker } from './ask.ts'
import type { Complaint } from './session.ts'

const asker = new Asker(new URL('./plugin-thread.js', import.meta.url))

/** Each rule of one run asks about the same text: it is looked at once. */
const known = new WeakMap<object, readonly Complaint[]>()

function complaintsOf({ filename: file, sourceCode, settings }: Rule.RuleContext): readonly Complaint[] {
  const before = known.get(sourceCode)
  if (before) return before
  const { rules } = (settings.tenantize ?? {}) as { readonly rules?: string }
  // A text that is no file belongs to no program.
  const found = /^(?:<input>|<text>|__placeholder__)/.test(file)
    ? []
    : (asker.ask({
        kind: 'complaints',
        file,
        text: sourceCode.text,
        ...(rules === undefined ? {} : { rules }),
      }) as Complaint[])
  known.set(sourceCode, found)
  return found
}

function ruleOf(name: RuleName): Rule.RuleModule {
  return {
    meta: {
      type: 'problem',
      docs: {
        description: `tenantize: ${name}`,
        url: `https://github.com/tenantize/tenantize/blob/main/docs/rules/${name}.md`,
      },
      hasSuggestions: true,
      schema: [],
      messages: { found: '{{message}}', fix: '{{description}}' },
    },
    create(context) {
      return {
        Program() {
          for (const { rule, message, start, end, fix } of complaintsOf(context)) {
            if (rule !== name) continue
            context.report({
              loc: {
                start: { line: start.line, column: start.column - 1 },
                end: { line: end.line, column: end.column - 1 },
              },
              messageId: 'found',
              data: { message },
              ...(fix
                ? {
                    suggest: [
                      {
                        messageId: 'fix',
                        data: { description: fix.description },
                        fix: (fixer) =>
                          fix.files[0]!.replacements.map((replacement) =>
                            fixer.replaceTextRange(
                              [offsetOf(context, replacement.start), offsetOf(context, replacement.end)],
                              replacement.text,
                            ),
                          ),
                      },
                    ],
                  }
                : {}),
            })
          }
        },
      }
    },
  }
}

function offsetOf(
  { sourceCode }: Rule.RuleContext,
  { line, column }: { line: number; column: number },
): number {
  return line > sourceCode.lines.length
    ? sourceCode.text.length
    : sourceCode.getIndexFromLoc({ line, column: column - 1 })
}

const plugin: ESLint.Plugin & { configs: { recommended: Linter.Config } } = {
  meta: { name: 'tenantize', version },
  // A file that can't be parsed is reported by ESLint itself.
  rules: Object.fromEntries(
    ruleNames.filter((name) => name !== 'parse-error').map((name) => [name, ruleOf(name)]),
  ),
  configs: { recommended: {} },
}
plugin.configs.recommended = {
  name: 'tenantize/recommended',
  plugins: { tenantize: plugin },
  rules: Object.fromEntries(
    Object.keys(plugin.rules!).map((name) => {
      const severity = defaultSeverities[name as RuleName]
      // Rules that are off by themselves find nothing until rules.json switches them on.
      return [`tenantize/${name}`, severity === 'warning' ? 'warn' : 'error']
    }),
  ),
}

export default plugin

import { checkOutline, checkTemplate } from './check-template';
import { withLanguageExtensions } from './language-extensions';
import { parseTemplate } from './parse-template';
import type { Scope } from './scope';
import type { Template } from './template';

/** The template as it is written, its outline checked: enough to know its parameters. Throws `ValidationError`. */
export function readOutline(text: string): Template {
  const template = parseTemplate(text);
  checkOutline(template);
  return template;
}

/** The template as it takes effect, checked. `scope`: what its parameters are. Throws `ValidationError`. */
export function readTemplate(written: Template, scope: (template: Template) => Scope): Template {
  const template = withLanguageExtensions(written, scope(written));
  checkTemplate(template);
  return template;
}

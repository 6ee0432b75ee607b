import { notImplemented } from '../../../core/aws-error';
import { list, malformed, pair, text } from './arguments';
import type { IntrinsicFunction } from './scope';

/** The functions of conditions and rules. */
export const CONDITION_FUNCTIONS: Readonly<Record<string, IntrinsicFunction>> = {
  'Fn::Equals': (argument, _scope, resolve, name) => {
    const [a, b] = pair(argument, name);
    return same(resolve(a), resolve(b));
  },
  'Fn::Not': (argument, _scope, resolve, name) => !holds(resolve(list(argument, name, 1, 1)[0]), name),
  'Fn::And': (argument, _scope, resolve, name) =>
    list(argument, name, 2, 10).every((operand) => holds(resolve(operand), name)),
  'Fn::Or': (argument, _scope, resolve, name) =>
    list(argument, name, 2, 10).some((operand) => holds(resolve(operand), name)),
};

/** The functions that only rules have. */
export const RULE_FUNCTIONS: Readonly<Record<string, IntrinsicFunction>> = {
  'Fn::Contains': (argument, _scope, resolve, name) => {
    const [items, wanted] = pair(argument, name);
    return texts(resolve(items), name).includes(text(resolve(wanted), name));
  },
  'Fn::EachMemberEquals': (argument, _scope, resolve, name) => {
    const [items, wanted] = pair(argument, name);
    const value = text(resolve(wanted), name);
    return texts(resolve(items), name).every((item) => item === value);
  },
  'Fn::EachMemberIn': (argument, _scope, resolve, name) => {
    const [items, allowed] = pair(argument, name);
    const known = texts(resolve(allowed), name);
    return texts(resolve(items), name).every((item) => known.includes(item));
  },
  'Fn::RefAll': (argument, scope, resolve, name) => scope.refAll(text(resolve(argument), name)),
  // They look up tags and attributes of VPCs, subnets and the like, which there are none of here.
  'Fn::ValueOf': () => {
    throw notImplemented('The function Fn::ValueOf in templates');
  },
  'Fn::ValueOfAll': () => {
    throw notImplemented('The function Fn::ValueOfAll in templates');
  },
};

function holds(value: unknown, name: string): boolean {
  if (String(value) === 'true') return true;
  if (String(value) === 'false') return false;
  throw malformed(name);
}

const texts = (value: unknown, name: string) => list(value, name).map((item) => text(item, name));

/** Templates do not tell 1 from "1". */
const same = (a: unknown, b: unknown) => comparable(a) === comparable(b);

const comparable = (value: unknown) =>
  JSON.stringify(value, (_, child: unknown) =>
    typeof child === 'number' || typeof child === 'boolean' ? String(child) : child,
  );

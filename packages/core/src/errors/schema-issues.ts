import type { Issue } from './issue.ts';

/** A problem as the schema library tells it. */
interface SchemaIssue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Of a value that fits none of several forms: what is wrong with it as each of them. */
  readonly errors?: readonly Form[] | undefined;
}

/** All that is wrong with a value as one of several forms. */
type Form = readonly SchemaIssue[];

const PREFIX = 'Invalid input: ';

/**
 * Problems as we tell them. Of a value that fits none of several forms the library only says that it is invalid. It was
 * meant as a form that has all the names it has, so what is wrong with it as that one is what helps; where no form or
 * several have them, what each of them asks for.
 */
export function schemaIssues(issues: Form, before: readonly (string | number)[] = []): Issue[] {
  return issues.flatMap((issue): Issue[] => {
    const path = [...before, ...(issue.path as (string | number)[])];
    if (issue.code !== 'invalid_union' || issue.errors === undefined || issue.errors.length === 0) return [{ path, message: issue.message }];
    const forms = issue.errors.flatMap(formsOf);
    const [meant, ...others] = forms.filter((form) => form.every(({ code, path: at }) => code !== 'unrecognized_keys' && at.length > 0));
    if (meant !== undefined && others.length === 0) return schemaIssues(meant, path);
    return [{ path, message: wishes(forms) }];
  });
}

/** A form that is itself one of several is all of those. */
function formsOf(form: Form): readonly Form[] {
  const [only, ...others] = form;
  return only?.code === 'invalid_union' && only.path.length === 0 && others.length === 0 ? (only.errors ?? []).flatMap(formsOf) : [form];
}

function wishes(forms: readonly Form[]): string {
  const names = new Set(forms.flatMap((form) => form.flatMap(({ path }) => (path.length === 0 ? [] : [String(path[0])]))));
  const said = new Set(forms.flatMap((form) => form.filter(({ path }) => path.length === 0).map(({ message }) => message.replace(PREFIX, ''))));
  return [...(said.size === 0 ? [] : [[...said].join(', or ')]), ...(names.size === 0 ? [] : [`expected ${[...names].join(', or ')}`])].join('; ');
}

import ts from "typescript";

/** One import, export-from, `import()` or `new URL("./x", import.meta.url)` of a source file. */
export interface SourceImport {
  readonly specifier: string;
  /** Whether the compiler erases it: `import type`, `export type … from`, or a type position `import("x").T`. */
  readonly typeOnly: boolean;
  /** 1-based. */
  readonly line: number;
}

/** What one source file asks of others, and which of the forbidden tensor reads it makes. */
export interface SourceFacts {
  readonly imports: readonly SourceImport[];
  /** Uses of `dataSync` and `arraySync`: they block the event loop, and WebGPU has none. */
  readonly blockingReads: readonly { readonly name: string; readonly line: number }[];
}

const BLOCKING = new Set(["dataSync", "arraySync"]);

const text = (node: ts.Node | undefined): string | undefined =>
  node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;

/** An import whose every name is `type` is erased too (`verbatimModuleSyntax` keeps the bare import, so it does not count here). */
const isErased = (node: ts.ImportDeclaration | ts.ExportDeclaration): boolean =>
  ts.isImportDeclaration(node) ? node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword : node.isTypeOnly;

const isWorkerUrl = (node: ts.NewExpression): boolean =>
  ts.isIdentifier(node.expression) &&
  node.expression.text === "URL" &&
  node.arguments?.[1]?.getText().startsWith("import.meta.url") === true;

const importOf = (node: ts.Node): { specifier: string | undefined; typeOnly: boolean } | undefined => {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node))
    return { specifier: text(node.moduleSpecifier), typeOnly: isErased(node) };
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return { specifier: text(node.argument.literal), typeOnly: true };
  if (ts.isCallExpression(node)) {
    const called = node.expression;
    const loads =
      called.kind === ts.SyntaxKind.ImportKeyword ||
      (ts.isIdentifier(called) && called.text === "require") ||
      called.getText() === "import.meta.resolve";
    if (loads) return { specifier: text(node.arguments[0]), typeOnly: false };
  }
  if (ts.isNewExpression(node) && isWorkerUrl(node)) return { specifier: text(node.arguments?.[0]), typeOnly: false };
  return undefined;
};

/** Reads a TypeScript source: comments and strings that merely look like imports do not count. */
export const sourceFacts = (path: string, source: string): SourceFacts => {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.ES2022, true);
  const imports: SourceImport[] = [];
  const blockingReads: { name: string; line: number }[] = [];
  const lineOf = (node: ts.Node) => file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  const visit = (node: ts.Node): void => {
    const found = importOf(node);
    if (found?.specifier !== undefined)
      imports.push({ specifier: found.specifier, typeOnly: found.typeOnly, line: lineOf(node) });
    const member = ts.isPropertyAccessExpression(node)
      ? node.name.text
      : ts.isElementAccessExpression(node)
        ? text(node.argumentExpression)
        : ts.isBindingElement(node)
          ? (node.propertyName ?? node.name).getText()
          : undefined;
    if (member !== undefined && BLOCKING.has(member)) blockingReads.push({ name: member, line: lineOf(node) });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { imports, blockingReads };
};

import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { EnvironmentOptions, Plugin } from "vite";
import { defineConfig } from "vitest/config";

const web = fileURLToPath(new URL(".", import.meta.url));
const source = join(web, "src");
const publicModule = join(source, "xaiweb.ts");

/** Names the sources: the same ones give the same id on every machine, and files.json names the id it belongs to. */
function webId(): string {
  const hash = createHash("sha256");
  const names = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const name of [...names, join(web, "vite.config.ts"), join(web, "../package-lock.json")])
    hash
      .update(`${relative(web, name)}\0`)
      .update(readFileSync(name))
      .update("\0");
  return hash.digest("hex").slice(0, 16);
}

/** The page's script imports the public module by its address, so that the site carries that code once. */
const publicModuleStaysOutside: Plugin = {
  name: "public-module-stays-outside",
  enforce: "pre",
  applyToEnvironment: ({ name }) => name === "page",
  async resolveId(id, importer, options) {
    if (!importer) return null;
    const resolved = await this.resolve(id, importer, { ...options, skipSelf: true });
    return resolved?.id === publicModule ? { id: "./xaiweb.js", external: true } : null;
  },
};

/** The site's builder reads here which id was compiled in. */
function writeWebJson(id: string): Plugin {
  return {
    name: "web-json",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "web.json", source: `${JSON.stringify({ web: id })}\n` });
    },
  };
}

/** One script of the site: a single file of a fixed name. */
function script(input: string, format: "es" | "iife" = "es", plugins: Plugin[] = []): EnvironmentOptions {
  return {
    consumer: "client",
    build: {
      rolldownOptions: {
        input: join(source, input),
        plugins,
        preserveEntrySignatures: "strict",
        output: { format, entryFileNames: "[name].js", assetFileNames: "[name][extname]", codeSplitting: false },
      },
    },
  };
}

const id = webId();

export default defineConfig({
  root: web,
  plugins: [publicModuleStaysOutside],
  define: { __XAIWEB_WEB__: JSON.stringify(id) },
  build: {
    outDir: join(web, "dist"),
    emptyOutDir: false, // the environments below write side by side; buildApp clears the folder once
    target: "es2022",
    modulePreload: false,
    copyPublicDir: false,
    minify: true,
  },
  environments: {
    xaiweb: script("xaiweb.ts", "es", [writeWebJson(id)]),
    page: script("page.ts"),
    start: script("start.ts"),
    worker: script("engine/worker.ts"),
    parquet: script("parquet.ts"),
    sw: script("sw.ts", "iife"),
  },
  builder: {
    async buildApp(builder) {
      rmSync(join(web, "dist"), { recursive: true, force: true });
      for (const name of ["xaiweb", "page", "start", "worker", "parquet", "sw"]) {
        const environment = builder.environments[name];
        if (environment) await builder.build(environment);
      }
      cpSync(join(web, "public"), join(web, "dist"), { recursive: true });
    },
  },
  test: {
    root: join(web, ".."),
    include: ["tests/web/**/*.test.ts"],
    testTimeout: 30_000, // on a busy machine drawing takes seconds
    environment: "node",
    passWithNoTests: true,
  },
});

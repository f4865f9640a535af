import { defineConfig } from 'tsup';
import { libraryBuild } from '../../tsup.config.base.ts';

export default defineConfig(libraryBuild({ entry: { index: 'src/index.ts', 'harness/index': 'src/harness/index.ts' } }));

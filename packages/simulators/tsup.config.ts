import { defineConfig } from 'tsup';
import { libraryBuild } from '../../tsup.config.base.ts';

export default defineConfig(libraryBuild({ entry: { 'amazon/index': 'src/amazon/index.ts', 'netsuite/index': 'src/netsuite/index.ts', 'shopify/index': 'src/shopify/index.ts', 'http/index': 'src/http/index.ts' } }));

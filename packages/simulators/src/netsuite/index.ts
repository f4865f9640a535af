export { createNetSuiteSimulator } from './simulator.ts';
export type {
  ItemQuantity,
  NetSuiteFault,
  NetSuiteItem,
  NetSuiteItemType,
  NetSuiteKit,
  NetSuiteLocation,
  NetSuiteOpeningStock,
  NetSuiteOperation,
  NetSuiteSalesOrder,
  NetSuiteSalesOrderLine,
  NetSuiteSimulator,
  NetSuiteSimulatorOptions,
  NetSuiteStock,
  SalesOrderImport,
  StockAdjustment,
} from './options.ts';

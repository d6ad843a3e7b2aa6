// What `import … from 'vrun'` gives: the contract of modules.
export * from '../module/index.ts';

"""The UI kit: components, form adapter, words, tables and charts. It knows no audit and no council."""

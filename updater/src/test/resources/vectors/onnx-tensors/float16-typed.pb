
*€x€€€pBfloat16-typed
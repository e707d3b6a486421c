"""Places as a country counts and draws them: trees from files, dated codes, splits and merges, figures of areas, polygons and maps."""

"""Work that is done once, later, in steps, with progress: kinds of work, the waiting rows, the worker and the timetable."""

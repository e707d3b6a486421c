"""The texts people read: collected from code and templates, translated per package, compiled without GNU gettext.

python -m coremis.project.messages update     collect texts and bring the French and Portuguese files up to date
python -m coremis.project.messages compile    make the binary catalogues that Django reads
python -m coremis.project.messages check      fail when a text has no translation or a blank in it differs
"""

"""The group's taxonomy; which paper belongs where; which paper this group would like. Pure: standard library only."""

"""Your picture: a model can only draw what it has learnt; the digit model makes digits of a face."""

from ui.picture import page

page.show()
